"""Builders that tests share: servers, people, entities, installations."""
