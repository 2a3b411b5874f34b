"""Symptom diary bot for neuropathy: asks every evening, stores every answer, sums up every week."""
