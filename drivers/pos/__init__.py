"""The till and the back office: sales, returns, deliveries and stocktakes, bodies checked."""
