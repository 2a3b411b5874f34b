"""`symptom-diary` and `python -m bot`."""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
    from bot.cli import cli

    cli()


if __name__ == "__main__":
    main()
