import Glibc

/// Prints to the error output, where it does not mix with what a command answers.
func printError(_ text: String) {
    let bytes = Array(text.utf8)
    _ = unsafe write(STDERR_FILENO, bytes, bytes.count)
}

/// Prints rows in columns; the first one is the heading.
func printTable(_ rows: [[String]]) {
    let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    for row in rows {
        let line = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
        print(line.lastIndex { $0 != " " }.map { line[...$0] } ?? "")
    }
}
