// A JupyterLab extension without a build: the container that module federation asks for, written by hand.
// It runs a notebook whose metadata say {"adreport": {"run_when_opened": true}} once its kernel is there,
// because JupyterLab itself can open a notebook but not run it.
(() => {
  let shared;

  const fromLab = async (name) => {
    const [version] = Object.values(shared[name]);
    return (await version.get())();
  };

  const runWhenReady = (actions) => async (_, panel) => {
    await panel.context.ready;
    if (!panel.context.model.getMetadata("adreport")?.run_when_opened) return;
    await panel.sessionContext.ready;
    actions.runAll(panel.content, panel.sessionContext);
  };

  const plugin = ({ INotebookTracker, NotebookActions }) => ({
    id: "adreport-open:plugin",
    description: "Runs a notebook that asks for it as soon as it is open.",
    autoStart: true,
    requires: [INotebookTracker],
    activate: (_, tracker) => tracker.widgetAdded.connect(runWhenReady(NotebookActions)),
  });

  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB["adreport-open"] = {
    init: (scope) => { shared = scope; },
    get: async () => {
      const made = plugin(await fromLab("@jupyterlab/notebook"));
      return () => ({ __esModule: true, default: made });
    },
  };
})();
