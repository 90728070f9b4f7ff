public import FoundationEssentials
import LifecycleAPI

// MARK: Methods and codes

extension SQLStore {
    public func method(ofUser userID: String) async throws -> QRCodePINMethod? {
        try await read { try $0.method(ofUser: userID) }
    }

    public func create(_ method: QRCodePINMethod, at now: Date) async throws {
        try await write { transaction in
            if let old = try transaction.method(ofUser: method.userID) {
                guard [old.standardCode, old.temporaryCode].allSatisfy({ $0.map { $0.expire <= now } ?? true }) else {
                    throw StoreError.activeExists
                }
                try transaction.deleteMethod(ofUser: method.userID, at: now)
            }
            try transaction.execute(
                "INSERT INTO methods (user_id, id, created) VALUES (?, ?, ?)", method.userID, method.id, method.created)
            for code in [method.standardCode, method.temporaryCode] {
                if let code { try transaction.insert(code, userID: method.userID) }
            }
            if let pin = method.pin { try transaction.put(pin, userID: method.userID) }
        }
    }

    public func deleteMethod(ofUser userID: String, at now: Date) async throws -> Bool {
        try await write { try $0.deleteMethod(ofUser: userID, at: now) }
    }

    public func create(_ code: Code, forUser userID: String, at now: Date) async throws {
        try await write { transaction in
            guard try transaction.method(ofUser: userID)?.code(code.kind).map({ $0.expire <= now }) ?? true else {
                throw StoreError.activeExists
            }
            try transaction.revoke(code.kind, ofUser: userID, at: now)
            try transaction.insert(code, userID: userID)
        }
    }

    public func setExpiry(ofCode codeID: String, to expire: Date) async throws {
        try await write { transaction in
            let changed = try transaction.row(
                "UPDATE codes SET expire = ? WHERE id = ? AND revoked IS NULL RETURNING user_id", expire, codeID)
            if let changed { try transaction.note(.codeChanged, code: codeID, user: changed("user_id")) }
        }
    }

    public func deleteCode(_ kind: Code.Kind, ofUser userID: String, at now: Date) async throws -> Bool {
        try await write { try $0.revoke(kind, ofUser: userID, at: now) }
    }

    public func code(_ codeID: String) async throws -> (code: Code, userID: String)? {
        try await read {
            try $0.row("SELECT * FROM codes WHERE id = ? AND revoked IS NULL", codeID).map {
                (try Code($0), try $0("user_id"))
            }
        }
    }
}

// MARK: PINs

extension SQLStore {
    public func setPIN(_ pin: StoredPIN, ofUser userID: String) async throws {
        try await write { transaction in
            try transaction.put(pin, userID: userID)
            try transaction.forgetGuesses(ofUser: userID)
        }
    }

    public func deletePIN(ofUser userID: String) async throws -> Bool {
        try await write { transaction in
            guard try transaction.execute("DELETE FROM pins WHERE user_id = ?", userID) > 0 else { return false }
            try transaction.note(.pinChanged, user: userID)
            return true
        }
    }
}

extension SQLTransaction {
    func method(ofUser userID: String) throws -> QRCodePINMethod? {
        guard let row = try row("SELECT * FROM methods WHERE user_id = ?", userID) else { return nil }
        let codes = try rows("SELECT * FROM codes WHERE user_id = ? AND revoked IS NULL", userID).map(Code.init)
        return QRCodePINMethod(
            id: try row("id"), userID: userID, created: try row("created"), lastUsed: try row("last_used"),
            standardCode: codes.first { $0.kind == .standard }, temporaryCode: codes.first { $0.kind == .temporary },
            pin: try self.row("SELECT * FROM pins WHERE user_id = ?", userID).map(StoredPIN.init))
    }

    /// False when there was none.
    @discardableResult func deleteMethod(ofUser userID: String, at now: Date) throws -> Bool {
        for kind in [Code.Kind.standard, .temporary] { try revoke(kind, ofUser: userID, at: now) }
        return try execute("DELETE FROM methods WHERE user_id = ?", userID) > 0
    }

    /// False when there was none.
    @discardableResult func revoke(_ kind: Code.Kind, ofUser userID: String, at now: Date) throws -> Bool {
        let revoked = try rows(
            "UPDATE codes SET revoked = ? WHERE user_id = ? AND kind = ? AND revoked IS NULL RETURNING id", now, userID,
            kind.rawValue)
        for code in revoked { try note(.codeRevoked, code: code("id"), user: userID) }
        return !revoked.isEmpty
    }

    func insert(_ code: Code, userID: String) throws {
        try execute(
            "INSERT INTO codes (id, user_id, kind, public_key, created, start, expire) VALUES (?, ?, ?, ?, ?, ?, ?)",
            code.id, userID, code.kind.rawValue, code.publicKey, code.created, code.start, code.expire)
        try note(.codeCreated, code: code.id, user: userID)
    }

    func put(_ pin: StoredPIN, userID: String) throws {
        try execute(
            """
            INSERT INTO pins (user_id, id, hash, length, must_change, created, updated) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (user_id) DO UPDATE SET id = excluded.id, hash = excluded.hash, length = excluded.length,
                must_change = excluded.must_change, created = excluded.created, updated = excluded.updated
            """, userID, pin.id, pin.hash, pin.length, pin.mustChange, pin.created, pin.updated)
        try note(.pinChanged, user: userID)
    }
}

extension Code {
    init(_ row: SQLRow) throws {
        guard let kind = Kind(rawValue: try row("kind")) else { throw StoreError.damaged("kind") }
        self.init(
            id: try row("id"), kind: kind, publicKey: try row("public_key"), created: try row("created"), start: try row("start"),
            expire: try row("expire"), lastUsed: try row("last_used"))
    }
}

extension StoredPIN {
    init(_ row: SQLRow) throws {
        self.init(
            id: try row("id"), hash: try row("hash"), length: try row("length"), mustChange: try row("must_change"),
            created: try row("created"), updated: try row("updated"))
    }
}
