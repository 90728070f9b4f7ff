/// The files of the service's admin page: plain HTML, CSS and JavaScript, inside the program.
public enum AdminPage {
    public struct File: Sendable {
        public let name: String
        public let mediaType: String
        public let bytes: [UInt8]
    }

    public static let files = [
        File(name: "index.html", mediaType: "text/html; charset=utf-8", bytes: PackageResources.index_html),
        File(name: "style.css", mediaType: "text/css; charset=utf-8", bytes: PackageResources.style_css),
        File(name: "icon.svg", mediaType: "image/svg+xml", bytes: PackageResources.icon_svg),
        script("alerts.js", PackageResources.alerts_js),
        script("app.js", PackageResources.app_js),
        script("audit.js", PackageResources.audit_js),
        script("badge.js", PackageResources.badge_js),
        script("elements.js", PackageResources.elements_js),
        script("expiring.js", PackageResources.expiring_js),
        script("groups.js", PackageResources.groups_js),
        script("kiosks.js", PackageResources.kiosks_js),
        script("people.js", PackageResources.people_js),
        script("service.js", PackageResources.service_js),
        script("sign-ins.js", PackageResources.sign_ins_js),
    ]

    private static func script(_ name: String, _ bytes: [UInt8]) -> File {
        File(name: name, mediaType: "text/javascript; charset=utf-8", bytes: bytes)
    }
}
