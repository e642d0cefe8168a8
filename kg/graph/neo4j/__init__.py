"""Neo4j as the second engine: the same promises as the embedded one, on a server that many processes can share."""
