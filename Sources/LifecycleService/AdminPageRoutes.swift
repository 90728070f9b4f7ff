import AdminPage
import HTTPTypes
import Hummingbird
import NIOCore

/// `/admin`: the page's files. They are the same for everyone; what they show comes from the routes that every caller has.
extension LifecycleService {
    func addAdminPageRoutes(to router: Router<CallContext>) {
        for file in AdminPage.files {
            let path = file.name == "index.html" ? "/admin" : "/admin/\(file.name)"
            router.get(RouterPath(path)) { _, _ in
                Response(
                    status: .ok, headers: Self.headers(file.mediaType),
                    body: ResponseBody(byteBuffer: ByteBuffer(bytes: file.bytes)))
            }
        }
    }

    private static func headers(_ mediaType: String) -> HTTPFields {
        [
            .contentType: mediaType,
            // Asked for anew each time: script and service are always of one version.
            .cacheControl: "no-cache",
            .contentSecurityPolicy:
                "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
            .xContentTypeOptions: "nosniff",
            .referrerPolicy: "no-referrer",
            .crossOriginOpenerPolicy: "same-origin",
        ]
    }
}

extension HTTPField.Name {
    static let referrerPolicy = Self("referrer-policy")!  // A literal that is a token (RFC 9110 §5.6.2).
    static let crossOriginOpenerPolicy = Self("cross-origin-opener-policy")!  // Likewise.
}
