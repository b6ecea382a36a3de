"""The canonical input tables, declared once in ``contract.yml``."""

from lead_warehouse.contract.model import Column, Contract, Table, load_contract

__all__ = ["Column", "Contract", "Table", "load_contract"]
