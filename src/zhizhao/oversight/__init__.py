"""Statistics and the campaign (推广应用统计). Built by its own work order."""
