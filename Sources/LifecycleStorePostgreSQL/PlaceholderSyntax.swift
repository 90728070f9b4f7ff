/// A statement with PostgreSQL's `$1`, `$2`, … for the seam's `?`. A `?` inside quotes stays (manual §4.1.2).
func numberingPlaceholders(_ sql: String) -> String {
    var (result, number, quote): (String.UnicodeScalarView, Int, Unicode.Scalar?) = (.init(), 0, nil)
    for character in sql.unicodeScalars {
        if character == "?", quote == nil {
            number += 1
            result.append(contentsOf: "$\(number)".unicodeScalars)
            continue
        }
        // A doubled quote within quotes ends them and begins them again, which comes to the same.
        if character == quote { quote = nil } else if quote == nil, character == "'" || character == "\"" { quote = character }
        result.append(character)
    }
    return String(result)
}
