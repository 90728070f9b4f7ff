import LifecycleStore

extension LifecycleService {
    /// The store, of which the next writes leave the record that the caller did this.
    ///
    /// Use it for every administrative act. `details` may say which code or what lifetime, never a secret.
    func recording(
        _ activity: AuditRecord.Activity, _ target: AuditRecord.Target, _ details: [String: String] = [:], by context: CallContext
    ) -> any LifecycleRepository {
        store.recording(
            AuditRecord(
                occurred: now(), activity: activity, initiator: context.initiator, target: target,
                requestID: context.requestID, details: details))
    }
}

extension CallContext {
    fileprivate var initiator: AuditRecord.Initiator {
        guard case .delegated(let person) = identity?.kind else {
            return AuditRecord.Initiator(.application, id: caller, name: caller)
        }
        return AuditRecord.Initiator(.user, id: caller, name: person?.userPrincipalName ?? caller)
    }
}
