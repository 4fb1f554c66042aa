from lxml import etree


def parsed(content: bytes) -> etree._Element:
    """Read XML without entities, networks and huge trees. Raises lxml's LxmlError."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(content, parser)
