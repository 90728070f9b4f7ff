import ArgumentParser
import CommaSeparatedValues
import Credential
import FoundationEssentials
import LifecycleAPI

/// Badges in a directory: `NAME.svg` each, all of them in `badges.csv` as `qrpin print` reads it, and PINs in `pins.csv`.
struct BadgeFolder {
    private let path: String
    /// The lines of `badges.csv` and `pins.csv` by userPrincipalName in lower case.
    private var badges: [String: [String]]
    private var pins: [String: [String]]

    private static let badgeColumns = ["name", "payload", "note", "userPrincipalName"]
    private static let pinColumns = ["userPrincipalName", "displayName", "pin"]

    /// Goes on with what is there.
    init(path: String) throws {
        self.path = path
        try PrivateFile.makeDirectory(path)
        badges = try Self.lines(of: path + "/badges.csv", Self.badgeColumns, key: 3)
        pins = try Self.lines(of: path + "/pins.csv", Self.pinColumns, key: 0)
    }

    /// Of the badges that are there.
    var codeIDs: [String] { badges.values.compactMap(Self.codeID) }

    /// Once this returns, the badges are on the disk.
    mutating func save(_ made: [BulkBadge]) throws {
        if made.isEmpty { return }
        for badge in made {
            let key = badge.userPrincipalName.lowercased()
            try PrivateFile.write(badge.image.binaryValue, to: picture(of: badge.userPrincipalName))
            badges[key] = [
                badge.displayName, String(decoding: badge.image.rawContent, as: UTF8.self),
                "until \(WireJSON.string(from: badge.expireDateTime).prefix(10))", badge.userPrincipalName,
            ]
            pins[key] = badge.pin.map { [badge.userPrincipalName, badge.displayName, $0] } ?? pins[key]
        }
        try write()
    }

    /// Of badges that do not work any more.
    mutating func remove(_ codeIDs: [String]) throws {
        let stale = badges.filter { _, line in Self.codeID(line).map { codeIDs.contains($0) } ?? false }
        if stale.isEmpty { return }
        for (key, line) in stale {
            badges[key] = nil
            pins[key] = nil
            try? FileManager.default.removeItem(atPath: picture(of: line[3]))
        }
        try write()
    }

    /// `badges.csv` comes last: who stands in it has a picture and, if there is one, a PIN.
    private func write() throws {
        for (name, columns, lines) in [("pins", Self.pinColumns, pins), ("badges", Self.badgeColumns, badges)]
        where !lines.isEmpty || FileManager.default.fileExists(atPath: "\(path)/\(name).csv") {
            let sorted = lines.sorted { $0.key < $1.key }.map { CSVTable.line($0.value) }
            try PrivateFile.write(Data((CSVTable.line(columns) + sorted.joined()).utf8), to: "\(path)/\(name).csv")
        }
    }

    /// The name as a file's name: what is special in one is escaped as in a URL, and what is too long for one is cut.
    private func picture(of name: String) -> String {
        let file = ServiceOptions.segment(name).replacing("%40", with: "@")
        return "\(path)/\(file.utf8.count > 240 ? String(file.prefix(240)) : file).svg"
    }

    private static func codeID(_ line: [String]) -> String? {
        if case .badge(let badge) = BadgeReading.parse(line[1]) { badge.qrCodeID.description } else { nil }
    }

    private static func lines(of file: String, _ columns: [String], key: Int) throws -> [String: [String]] {
        guard FileManager.default.fileExists(atPath: file) else { return [:] }
        let table: CSVTable
        do { table = try CSVTable(readText(file)) } catch let error as CSVError { throw ValidationError("\(file): \(error)") }
        guard table.columns == columns.map({ $0.lowercased() }),
            table.records.allSatisfy({ $0.fields.count == columns.count })
        else { throw ValidationError("\(file) is not one that `qrpin bulk` wrote. Choose another --out.") }
        return Dictionary(table.records.map { ($0.fields[key].lowercased(), $0.fields) }) { $1 }
    }
}
