from typing import TypeAlias

from services.providers.vendor import Vendor
from services.providers.vendors import Vendors
from services.text.providers.base import Completed, Delta, TextRequest

LanguageVendor: TypeAlias = Vendor[TextRequest, Delta | Completed]
LanguageVendors: TypeAlias = Vendors[TextRequest, Delta | Completed]
"""The vendors of language models, as if they were one. Only before the first delta another one takes over."""
