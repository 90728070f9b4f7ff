import ArgumentParser
import VideoCapture

/// What `--list-devices` prints: a block for each camera, or a line of JSON.
enum DeviceTable {
    static func write(_ cameras: [CameraListing], json: Bool) throws {
        guard !cameras.isEmpty || json else {
            try writeError("there is no camera: no /dev/video* captures. Plug one in.")
            throw ExitCode(1)
        }
        for camera in cameras { try json ? writeJSON(Line(camera)) : writeText(block(camera)) }
    }

    private static func block(_ camera: CameraListing) -> String {
        var rows: [(String, String)] = camera.stableNames.map { ("name", $0) }
        switch camera.content {
        case .unusable(let error): rows.append(("unusable", String(error.description.dropFirst(camera.node.count + 2))))
        case .modes(let modes, let other):
            for format in PixelFormat.allCases where modes.contains(where: { $0.format == format }) {
                let sizes = modes.filter { $0.format == format }.map { mode in
                    "\(mode.width)x\(mode.height)" + (mode.rate.map { " \(decimal($0))/s" } ?? "")
                }
                rows.append((format.name, sizes.joined(separator: ", ")))
            }
            if !other.isEmpty { rows.append(("other", "\(other.joined(separator: ", ")) (of no use here)")) }
            if let best = CameraWish().best(of: modes) {
                rows.append(
                    ("chosen", "\(best.format.name) \(best.width)x\(best.height)" + (best.rate.map { " \(decimal($0))/s" } ?? ""))
                )
            }
        }
        let title = [camera.node, camera.card, camera.bus].filter { !$0.isEmpty }.joined(separator: "  ")
        return title + "\n" + rows.map { "    " + padded($0.0, 10) + $0.1 + "\n" }.joined()
    }

    /// One node in JSON: `node`, `names`, `card`, `bus`, and `modes` or the `error`.
    private struct Line: Encodable {
        struct Mode: Encodable {
            let format: String
            let width: Int
            let height: Int
            let rate: Double?
        }
        let node: String
        let names: [String]
        let card: String
        let bus: String
        var modes: [Mode]?
        var error: String?

        init(_ camera: CameraListing) {
            (node, names, card, bus) = (camera.node, camera.stableNames, camera.card, camera.bus)
            switch camera.content {
            case .unusable(let error): self.error = error.description
            case .modes(let modes, _):
                self.modes = modes.map { Mode(format: $0.format.name, width: $0.width, height: $0.height, rate: $0.rate) }
            }
        }
    }
}

/// With one digit behind the point when it is not whole.
func decimal(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(abs(tenths % 10))"
}

func padded(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }
