public import FoundationEssentials
public import LifecycleAPI

extension SQLStore {
    public func offlinePolicy(kioskID: String) async throws -> OfflinePolicy? {
        try await read { try $0.policy().offline(inGroup: $0.kiosk(kioskID)?.group) }
    }

    public func offlineGrant(_ attempt: Attempt, pinHashes: Set<String>, at now: Date) async throws -> OfflineGrantAnswer? {
        // All of one committed state: what changes later has a higher number.
        try await read { transaction in
            let policy = try transaction.policy()
            guard let kiosk = try transaction.kiosk(attempt.kioskID), kiosk.revoked == nil,
                let offline = policy.offline(inGroup: kiosk.group), try transaction.isInForce(attempt.codeID, at: now),
                let user = try transaction.row("SELECT * FROM users WHERE id = ?", attempt.userID).map(User.init),
                let pin = try transaction.row("SELECT * FROM pins WHERE user_id = ?", user.id).map(StoredPIN.init),
                user.isEnabled, pinHashes.contains(pin.hash), !pin.mustChange, pin.length >= policy.pinLength,
                // A kiosk has no card's keys, so it could not tell a copy.
                try transaction.card(ofCode: attempt.codeID)?.isRequired != true
            else { return nil }
            let groups: [String] = try transaction.rows("SELECT group_id FROM memberships WHERE user_id = ?", user.id)
                .map { try $0("group_id") }
            guard policy.admits(userID: user.id, groupIDs: Set(groups)) else { return nil }
            return OfflineGrantAnswer(
                userId: user.id, userPrincipalName: user.userPrincipalName,
                expireDateTime: now.addingTimeInterval(TimeInterval(offline.entryLifetimeInHours) * 3600),
                changeNumber: try transaction.changeNumber())
        }
    }
}

extension SQLTransaction {
    /// Whether the code was not revoked, and `now` lies in its window.
    func isInForce(_ codeID: String, at now: Date) throws -> Bool {
        try row("SELECT id FROM codes WHERE id = ? AND revoked IS NULL AND start <= ? AND expire > ?", codeID, now, now) != nil
    }
}
