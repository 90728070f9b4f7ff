import GRDB
import HTTPTypes
import Testing

@testable import LifecycleStore

@Suite struct HealthTests {
    @Test(.enabled(if: Site.postgreSQL == nil, "the store's tests stop a PostgreSQL server"))
    func `without its store the service is alive and not ready`() async throws {
        let site = try await Site()
        try await site.run { call in
            #expect(try await call.request(.get, "/healthz").status == .ok)
            #expect(try await call.request(.get, "/readyz").status == .ok)
            try #require(site.database as? SQLiteDatabase).connection.close()
            #expect(try await call.request(.get, "/healthz").status == .ok)
            let reply = try await call.request(.get, "/readyz")
            #expect(reply.status == .serviceUnavailable && reply.errorCode == "serviceNotAvailable")
        }
    }
}
