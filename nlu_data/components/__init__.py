"""Rasa components of ours. They run inside Rasa's own Python and import nothing of the application.

The folder `nlu_data` is on PYTHONPATH when Rasa trains and when it serves; `config.yml` names the classes.
"""
