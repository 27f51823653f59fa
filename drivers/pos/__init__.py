"""The till and the back office: sales, returns, deliveries, stocktakes as observations, with their bodies checked."""
