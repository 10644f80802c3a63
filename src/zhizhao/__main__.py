"""Run the command line: `python -m zhizhao`."""

from zhizhao.cli.main import main

if __name__ == "__main__":
    main()
