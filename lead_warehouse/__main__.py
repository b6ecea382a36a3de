"""``python -m lead_warehouse`` is the console script."""

from lead_warehouse.cli import main

if __name__ == "__main__":
    main()
