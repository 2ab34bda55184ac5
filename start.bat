@echo off
rem Makes the environment once, then opens adreport in the browser. Everything stays on this machine.
setlocal
cd /d "%~dp0"
title adreport
if not exist requirements.lock goto zip
if not exist .venv\Scripts\adreport.exe goto make
fc /b requirements.lock .venv\installed.lock >nul 2>nul && goto start

:make
set "PYTHON="
for %%P in ("py -3" "python" "python3") do if not defined PYTHON call :try %%P
if not defined PYTHON goto python
echo Setting up adreport, once. This takes some minutes and needs the internet.
if not exist .venv\Scripts\python.exe %PYTHON% -m venv .venv || goto failed
.venv\Scripts\python.exe -m pip install --disable-pip-version-check --quiet --require-hashes -r requirements.lock || goto failed
.venv\Scripts\python.exe -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation -e . || goto failed
copy /y requirements.lock .venv\installed.lock >nul

:start
.venv\Scripts\adreport.exe start
if errorlevel 1 pause
exit /b

:try
%~1 -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>nul && set "PYTHON=%~1"
exit /b

:zip
echo This file runs only beside the others of adreport. Unpack the whole zip first:
echo right click on it, Extract All, and start the start.bat in the folder that this makes.
pause
exit /b 1

:python
echo adreport needs Python 3.11 or newer, which is not on this machine yet.
echo Take it from https://www.python.org/downloads/ , tick "Add python.exe to PATH" when it asks,
echo and double-click start.bat again.
pause
exit /b 1

:failed
echo.
echo adreport could not be set up; the lines above tell why. Most often the internet or a proxy is in the way:
echo try again, or ask whoever looks after this machine.
pause
exit /b 1
