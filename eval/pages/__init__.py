"""Reports as printed and scanned, with truth: set as pages by a browser, rasterised, worn."""
