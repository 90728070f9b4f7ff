import FoundationEssentials

/// One video node of this machine, as `qrpin-scan --list-devices` shows it.
public struct CameraListing: Sendable {
    public enum Content: Sendable {
        case modes([CameraMode], other: [String])
        /// A node that this program cannot use, and why.
        case unusable(CameraError)
    }

    public let node: String
    /// Symbolic links to it that stay the same when the number changes, the kiosk's own first.
    public let stableNames: [String]
    /// What the camera calls itself, and where it is plugged in; empty when it could not be asked.
    public let card: String
    public let bus: String
    public let content: Content
}

extension Camera {
    /// Every node but those that neither capture nor are refused: metadata, outputs, codecs.
    public static func list() -> [CameraListing] {
        let links = stableLinks()
        return nodes().compactMap { node in
            let names = links.filter { $0.target == node }.map(\.link)
            var identity = DeviceIdentity(card: "", bus: "", kind: .other)
            do throws(CameraError) {
                let device = try Device(path: node)
                identity = try device.identity()
                try device.requireCapture()
                let offered = device.formats()
                return CameraListing(
                    node: node, stableNames: names, card: identity.card, bus: identity.bus,
                    content: .modes(
                        device.modes(PixelFormat.allCases.filter { offered.contains($0.fourcc) }),
                        other: offered.filter { PixelFormat(fourcc: $0) == nil }.map(Device.name)))
            } catch {
                if error.failure == .notACamera { return nil }
                return CameraListing(
                    node: node, stableNames: names, card: identity.card, bus: identity.bus, content: .unusable(error))
            }
        }
    }

    /// `/dev/video0`, `/dev/video1`, … by number.
    static func nodes() -> [String] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/dev")) ?? []
        let numbers = entries.filter { $0.hasPrefix("video") }.compactMap { Int($0.dropFirst(5)) }
        return numbers.sorted().map { "/dev/video\($0)" }
    }

    private static func stableLinks() -> [(link: String, target: String)] {
        ["/dev/qrpin", "/dev/v4l/by-id", "/dev/v4l/by-path"].flatMap { directory in
            ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).sorted().map { name in
                let link = directory + "/" + name
                return (link, URL(filePath: link).resolvingSymlinksInPath().path)
            }
        }
    }
}
