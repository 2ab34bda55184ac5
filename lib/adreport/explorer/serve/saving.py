"""What JupyterLab saves of the notebooks that come with adreport: their text, nothing of patients or of the machine."""

from adreport.pages import PAGE_NAMES

OURS = {f"{name}.ipynb" for name in (*PAGE_NAMES, "explore")}
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def without_outputs(model: dict, path: str, **_: object) -> None:
    """Take the outputs out of one of our notebooks before it is saved: they are of patients, the notebook is shared.

    Jupyter Server's `pre_save_hook`: `model` is changed in place. Notebooks of other names keep their outputs.
    """
    if model["type"] != "notebook" or path.strip("/") not in OURS:
        return
    for cell in model["content"]["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    model["content"]["metadata"] |= {"kernelspec": KERNEL, "language_info": {"name": "python"}}
