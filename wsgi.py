"""The application for a WSGI server of your own choice: `wsgi:app`."""

from introduction import create_app

app = create_app()
