"""What analysts may ask in SQL: only to read, within limits, and only of what happened."""

from services.admin.sql.asking import Export, Sheet, Statement
from services.admin.sql.desk import AnalystDesk, open_desk
from services.admin.sql.refusals import NotAllowed

__all__ = ["AnalystDesk", "Export", "NotAllowed", "Sheet", "Statement", "open_desk"]
