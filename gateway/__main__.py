"""`python -m gateway` is `shelfcast`."""

from gateway.cli import main

if __name__ == "__main__":
    main()
