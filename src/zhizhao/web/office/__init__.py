"""The registration office (登记窗口): find an entity, see its licence, freeze it, print a one-time slip."""
