public import FoundationEssentials
public import LifecycleAPI

// MARK: Enrolment

extension SQLStore {
    public func add(_ code: StoredEnrolmentCode) async throws {
        try await write { transaction in
            // A day more, so that a lost answer can be asked for again.
            try transaction.execute("DELETE FROM enrolment_codes WHERE expire < ?", code.created.addingTimeInterval(-86_400))
            try transaction.execute(
                """
                INSERT INTO enrolment_codes (id, hash, display_name, kiosk_group, created, expire) VALUES (?, ?, ?, ?, ?, ?)
                """, code.id, code.hash, code.displayName, code.group, code.created, code.expire)
        }
    }

    public func enrolmentCodes(at now: Date) async throws -> [StoredEnrolmentCode] {
        try await read {
            try $0.rows(
                "SELECT * FROM enrolment_codes WHERE kiosk_id IS NULL AND expire > ? ORDER BY created DESC, id", now
            ).map(StoredEnrolmentCode.init)
        }
    }

    public func deleteEnrolmentCode(_ id: String) async throws -> Bool {
        try await write { try $0.execute("DELETE FROM enrolment_codes WHERE id = ? AND kiosk_id IS NULL", id) > 0 }
    }

    public func enrol(
        codeHash: [UInt8], kioskID: String, publicKey: [UInt8], name: String?, at now: Date
    ) async throws -> Kiosk {
        try await write { transaction in
            guard let row = try transaction.row("SELECT * FROM enrolment_codes WHERE hash = ?", codeHash) else {
                throw StoreError.unknown("enrolment code")
            }
            let code = try StoredEnrolmentCode(row)
            let id: String
            if let usedBy: String = try row("kiosk_id") {
                let sameKey = try transaction.row("SELECT id FROM clients WHERE id = ? AND public_key = ?", usedBy, publicKey)
                guard sameKey != nil else { throw StoreError.unknown("enrolment code") }
                id = usedBy
            } else {
                guard code.expire > now else { throw StoreError.unknown("enrolment code") }
                id = kioskID
                try transaction.execute("UPDATE enrolment_codes SET kiosk_id = ? WHERE id = ?", id, code.id)
                try transaction.put(Client(id: id, publicKey: publicKey, roles: [Role.kioskSignIn.rawValue]))
                try transaction.execute(
                    "UPDATE kiosks SET display_name = ?, kiosk_group = ?, enrolled = ? WHERE id = ?", name ?? code.displayName,
                    code.group, now, id)
            }
            guard let kiosk = try transaction.kiosk(id) else { throw StoreError.damaged("kiosk_id") }
            return kiosk
        }
    }
}

// MARK: Kiosks

extension SQLStore {
    public func kiosks(after id: String?, limit: Int) async throws -> [Kiosk] {
        try await read {
            try $0.rows("SELECT * FROM kiosks WHERE id > ? ORDER BY id LIMIT ?", id ?? "", limit).map(Kiosk.init)
        }
    }

    public func kiosk(_ id: String) async throws -> Kiosk? { try await read { try $0.kiosk(id) } }

    public func isAdmitted(kioskID: String) async throws -> Bool { try await read { try $0.isAdmitted(kioskID: kioskID) } }

    public func update(kioskID: String, displayName: String, group: String?) async throws -> Bool {
        try await write { transaction in
            let changed = try transaction.execute(
                "UPDATE kiosks SET display_name = ?, kiosk_group = ? WHERE id = ?", displayName, group, kioskID)
            guard changed > 0 else { return false }
            try transaction.note(.kioskChanged, kiosk: kioskID)
            return true
        }
    }

    public func revoke(kioskID: String, at now: Date) async throws -> Bool {
        try await write { transaction in
            guard try transaction.execute("UPDATE kiosks SET revoked = ? WHERE id = ? AND revoked IS NULL", now, kioskID) > 0
            else { return false }
            try transaction.execute("DELETE FROM clients WHERE id = ?", kioskID)
            try transaction.execute(
                "UPDATE attempts SET stage = ? WHERE kiosk_id = ?", Attempt.Stage.finished.rawValue, kioskID)
            try transaction.note(.kioskRevoked, kiosk: kioskID)
            return true
        }
    }

    public func setKey(_ publicKey: [UInt8], ofKiosk kioskID: String) async throws -> Bool {
        try await write { try $0.execute("UPDATE clients SET public_key = ? WHERE id = ?", publicKey, kioskID) > 0 }
    }

    public func keep(_ health: KioskHealth, ofKiosk kioskID: String, at now: Date) async throws {
        let text = String(decoding: try WireJSON.encode(health), as: UTF8.self)
        try await write { transaction in
            try transaction.execute("UPDATE kiosks SET health = ?, last_seen = ? WHERE id = ?", text, now, kioskID)
        }
    }
}

extension SQLTransaction {
    /// A client that signs people in is a kiosk; one that was revoked is admitted again.
    func put(_ client: Client) throws {
        try execute(
            """
            INSERT INTO clients (id, public_key, roles) VALUES (?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET public_key = excluded.public_key, roles = excluded.roles
            """, client.id, client.publicKey, client.roles.joined(separator: " "))
        guard client.roles.contains(Role.kioskSignIn.rawValue) else { return }
        try execute(
            """
            INSERT INTO kiosks (id, display_name, chain_sequence, chain_hash) VALUES (?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET revoked = NULL
            """, client.id, client.id, ChainHead.start.sequence, ChainHead.start.hash)
    }

    func kiosk(_ id: String) throws -> Kiosk? { try row("SELECT * FROM kiosks WHERE id = ?", id).map(Kiosk.init) }

    func isAdmitted(kioskID: String) throws -> Bool {
        try row("SELECT id FROM kiosks WHERE id = ? AND revoked IS NULL", kioskID) != nil
    }
}

extension Kiosk {
    init(_ row: SQLRow) throws {
        let health: String? = try row("health")
        self.init(
            id: try row("id"), displayName: try row("display_name"), group: try row("kiosk_group"),
            enrolled: try row("enrolled"), revoked: try row("revoked"), lastSeen: try row("last_seen"),
            health: try health.map { try WireJSON.decode(KioskHealth.self, from: Data($0.utf8)) },
            chain: ChainHead(sequence: try row("chain_sequence"), hash: try row("chain_hash")), checkpoint: try row("checkpoint"))
    }
}

extension StoredEnrolmentCode {
    init(_ row: SQLRow) throws {
        self.init(
            id: try row("id"), hash: try row("hash"), displayName: try row("display_name"), group: try row("kiosk_group"),
            created: try row("created"), expire: try row("expire"))
    }
}
