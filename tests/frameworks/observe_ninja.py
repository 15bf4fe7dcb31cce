"""Run the application of Django Ninja and print what it answers."""

from observing_django import show

show()
