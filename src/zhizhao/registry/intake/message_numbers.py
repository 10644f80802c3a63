"""The numbered elements of the registration systems' message (DOMAIN.md §8.1); their spelling is theirs."""

MESSAGE_KEYS = {
    "type": "@kind",
    "status": "@status",
    "attribute13": "uscc",
    "attribute18": "name",
    "attribute19": "entity_type",
    "attribute20": "legal_representative",
    "attribute21": "executing_partner",
    "attribute22": "investor",
    "attribute23": "operator",
    "attribute24": "principal",
    "attribute25": "registered_capital",
    "attribute26": "registered_fund",
    "attribute27": "members_contribution",
    "attribute28": "form",
    "attribute29": "domicile",
    "attribute30": "main_place",
    "attribute31": "place",
    "attribute32": "business_place",
    "attribute33": "established_on",
    "attribute34": "registered_on",
    "attribute35": "business_term",
    "attribute36": "operating_term",
    "attribute37": "partnership_term",
    "attribute39": "scope",
    "attribute40": "business_scope",
    "attribute42": "@registrar",
    "attribute43": "@registered_on",
    "attribute49": "parent_name",
    "attribute50": "parent_address",
    "attribute90": "@template",
    "attribute504": "@division",
}
"""Element → our key. Numbers that are not here are kept under their own name."""
DOCUMENT = "attribute56"
"""The principal's identity number, or its SM3 in hexadecimal; never stored in clear."""
REGISTRAR = "attribute41"
"""The registrar's name or code, used where its display name (42) is missing; kept beside it otherwise."""
NEVER_KEPT = frozenset({"attribute52"})
"""A mobile number: nothing here needs it (PIPL, least data)."""
