"""The statutory forms as data, and what is derived from them."""

from extractor.forms.form import Column, Form, HistoryIdentity, Identity, Row, SectionLabel, Table, form, forms, table

__all__ = ["Column", "Form", "HistoryIdentity", "Identity", "Row", "SectionLabel", "Table", "form", "forms", "table"]
