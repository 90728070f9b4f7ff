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
                occurred: now(), activity: activity,
                initiator: AuditRecord.Initiator(.application, id: context.caller, name: context.caller), target: target,
                requestID: context.requestID, details: details))
    }
}
