import FoundationEssentials
import GRDB

extension Outbox {
    /// Events that wait in a file that another process may have open; nil when there is no such file. It changes nothing.
    public static func waiting(in path: String) throws -> Int? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(2)
        do {
            return try DatabaseQueue(path: path, configuration: configuration).read { db in
                try Int.fetchOne(db, sql: "SELECT count(*) FROM event")
            }
        } catch {
            throw OutboxError(path, "cannot be read", error, cure: "Is it whole, and this user the kiosk's or root?")
        }
    }
}
