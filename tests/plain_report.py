"""A plain report for tests that need one and don't care how it is laid out: tabs between cells, every number distinct."""

from __future__ import annotations

from extractor.forms.form import Form, Table, form


def plain_report(code: str = "2021", issuer: str = "云溪县水务局") -> str:
    """A complete report whose tables satisfy every identity of its form."""
    of = form(code)
    year = of.last_year or 2023
    values = plain_values(of)
    parts = [
        f"{issuer}{year}年政府信息公开工作年度报告",
        f"根据《中华人民共和国政府信息公开条例》和{of.authority}要求，编制本报告。统计期限自{year}年1月1日至{year}年12月31日。"
        f"如有疑问，请与{issuer}办公室联系（地址：云溪县河堤路12号；邮编：755400；电话：0951-5000123）。",
    ]
    for section in of.sections:
        parts.append(f"{section.numeral}、{section.label}")
        tables = [table for table in of.tables if table.section == section.key]
        parts += [_table(table, values) for table in tables] or ["本年度各项工作按要求完成。"]
    return "\n\n".join(parts) + "\n"


def plain_values(of: Form) -> dict[str, int]:
    """A value for each cell: requests 1, 2, 3 … down and across, and the sums that follow from them."""
    values: dict[str, int] = {}
    for number, cell in enumerate(of.cell_ids, 3):
        values[cell] = number
    requests, disputes = of.table("requests"), of.table("disputes")
    people = [c.key for c in requests.columns if c.key != "total"]
    outcomes = [r.key for r in requests.rows if r.key not in ("received", "carried_in", "outcomes_total", "carried_out")]
    for column in people:
        values[f"requests.outcomes_total.{column}"] = sum(values[f"requests.{row}.{column}"] for row in outcomes)
        handled = values[f"requests.outcomes_total.{column}"] + values[f"requests.carried_out.{column}"]
        values[f"requests.received.{column}"] = handled - values[f"requests.carried_in.{column}"]
    for row in requests.rows:
        values[f"requests.{row.key}.total"] = sum(values[f"requests.{row.key}.{column}"] for column in people)
    for row in disputes.rows:
        results = [f"disputes.{row.key}.{c.key}" for c in disputes.columns if c.key != "total"]
        values[f"disputes.{row.key}.total"] = sum(values[cell] for cell in results)
    return values


def _table(table: Table, values: dict[str, int]) -> str:
    if table.one_line:
        groups = "\t".join("/".join(row.path) + "\t" * (len(row.columns) - 1) for row in table.rows)
        columns = "\t".join(c.label for _ in table.rows for c in table.columns)
        line = "\t".join(str(values[cell]) for row in table.rows for cell in row.cells)
        return "\n".join([groups, columns, line])
    lines: list[str] = []
    heading: tuple[str, tuple[str, ...]] | None = None
    for row in table.rows:
        block = row.path[0] if table.key == "disclosure" else "项目"
        if heading != (block, row.columns):
            heading = (block, row.columns)
            if table.key == "disclosure":
                lines.append(block)
            first = "信息内容" if table.key == "disclosure" else block
            lines.append("\t".join([first, *(table.column(c).label for c in row.columns)]))
        signs = ["+" if table.column(c).signed else "" for c in row.columns]
        numbers = [f"{sign}{values[cell]}" for sign, cell in zip(signs, row.cells, strict=True)]
        label = row.path if table.key == "requests" else row.path[-1:]
        lines.append("\t".join([*label[-2:], *numbers]))
    return "\n".join(lines)
