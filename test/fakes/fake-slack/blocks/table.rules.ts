import { allOf, boolean, byType, isRecord, list, number, oneOf, Rule, shape, string } from './rule';
import { contentLength } from './content-length';
import { richTextFields } from './rich-text.rules';

const TABLE_CHARS = 10_000;
const DATA_TABLE_CHARS = 20_000;

const rawText = shape({ required: { text: string({ max: TABLE_CHARS }) } });
const rawNumber = shape({ required: { value: number(), text: string({ max: TABLE_CHARS }) } });
const richText = shape({ required: richTextFields, optional: { block_id: string({ max: 255 }) } });

const cell = byType(() => ({ raw_text: rawText, raw_number: rawNumber, rich_text: richText }));
const headerCell = byType(() => ({ raw_text: rawText, raw_number: rawNumber }));

const columnSetting = shape({
  optional: { align: oneOf('left', 'center', 'right'), is_wrapped: boolean },
});

/** The characters of all cells of all tables of the message are limited together. */
function countedCells(total: string, limit: number): Rule {
  return (value, pointer, review) => {
    review.count(total, contentLength(value), limit, pointer);
  };
}

const oneTable: Rule = (_value, pointer, review) => review.table(pointer);

export const tableFields = {
  rows: allOf(
    list(list(cell, { max: 20 }), { max: 100 }),
    countedCells('characters in table cells', TABLE_CHARS),
  ),
};
export const tableOptions = { column_settings: list(columnSetting, { max: 20 }) };

const dataRows: Rule = (value, pointer, review) => {
  if (!Array.isArray(value)) return;
  const header: unknown = value[0];
  list(headerCell, { max: 20 })(header, `${pointer}/0`, review);
  const width = Array.isArray(header) ? header.length : 0;
  value.forEach((row: unknown, index) => {
    if (Array.isArray(row) && row.length !== width) {
      review.failed(`${pointer}/${index}`, 'rows must have equal cell counts', 'width', width, row.length);
    }
  });
};

export const dataTableFields = {
  caption: string({ max: 255 }),
  rows: allOf(
    list(list(cell, { max: 20 }), { min: 2, max: 201 }),
    dataRows,
    countedCells('characters in data table cells', DATA_TABLE_CHARS),
  ),
};
export const dataTableOptions = {
  page_size: number({ min: 1, max: 100, integer: true }),
  row_header_column_index: number({ min: 0, max: 19, integer: true }),
};

/** Marks a block as one of the table family, of which a message may hold one, containers included. */
export function tableFamily(rule: Rule): Rule {
  return (value, pointer, review) => {
    if (isRecord(value)) oneTable(value, pointer, review);
    rule(value, pointer, review);
  };
}
