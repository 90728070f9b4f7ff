public import FoundationEssentials

extension SQLStore {
    public func addSessionLink(_ hash: [UInt8], forClient clientID: String, until expire: Date, at now: Date) async throws {
        try await write { transaction in
            for table in ["session_links", "sessions"] {
                try transaction.execute("DELETE FROM \(table) WHERE expire <= ?", now)
            }
            try transaction.execute(
                "INSERT INTO session_links (hash, client_id, expire) VALUES (?, ?, ?)", hash, clientID, expire)
        }
    }

    public func client(ofSessionLink hash: [UInt8], at now: Date) async throws -> Client? {
        try await read {
            try $0.row(
                "SELECT clients.* FROM session_links JOIN clients ON clients.id = client_id WHERE hash = ? AND expire > ?", hash,
                now
            ).map(Client.init)
        }
    }

    public func openSession(_ hash: [UInt8], byLink link: [UInt8], until expire: Date, at now: Date) async throws -> Bool {
        try await write { transaction in
            let used = try transaction.row(
                "DELETE FROM session_links WHERE hash = ? AND expire > ? RETURNING client_id", link, now)
            guard let clientID: String = try used?("client_id") else { return false }
            try transaction.execute(
                "INSERT INTO sessions (hash, client_id, last_used, expire) VALUES (?, ?, ?, ?)", hash, clientID, now, expire)
            return true
        }
    }

    public func session(_ hash: [UInt8], at now: Date) async throws -> Session? {
        try await read {
            try $0.row(
                """
                SELECT clients.*, last_used, expire FROM sessions JOIN clients ON clients.id = client_id
                WHERE hash = ? AND expire > ?
                """, hash, now
            ).map { Session(client: try Client($0), lastUsed: try $0("last_used"), expire: try $0("expire")) }
        }
    }

    public func markSessionUsed(_ hash: [UInt8], at now: Date) async throws {
        try await write { try $0.execute("UPDATE sessions SET last_used = ? WHERE hash = ?", now, hash) }
    }

    public func endSession(_ hash: [UInt8]) async throws {
        try await write { try $0.execute("DELETE FROM sessions WHERE hash = ?", hash) }
    }
}
