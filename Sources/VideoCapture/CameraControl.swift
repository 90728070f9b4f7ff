import CV4L2
import Glibc

/// A control of a camera by its name, as `v4l2-ctl --list-ctrls` prints it, and the value that it shall have.
public struct CameraControl: Hashable, Sendable {
    public let name: String
    public let value: Int32

    public init(name: String, value: Int32) {
        self.name = name
        self.value = value
    }

    /// `NAME=VALUE`, or nil.
    public init?(_ text: String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, let value = Int32(parts[1]) else { return nil }
        self.init(name: Self.normal(String(parts[0])), value: value)
    }

    /// V4L2 names controls for people, "Exposure Time, Absolute"; `v4l2-ctl` makes that exposure_time_absolute.
    static func normal(_ name: String) -> String {
        name.lowercased().split { !$0.isASCII || !($0.isLetter || $0.isNumber) }.joined(separator: "_")
    }
}

extension Device {
    /// Sets the controls in order: exposure_time_absolute, for one, is taken only after auto_exposure was set to manual.
    func set(_ controls: [CameraControl]) throws(CameraError) {
        guard !controls.isEmpty else { return }
        let known = controlTable()
        for control in controls {
            guard let entry = known.first(where: { CameraControl.normal(Self.text($0.name)) == control.name }) else {
                let names = known.map { CameraControl.normal(Self.text($0.name)) }
                throw CameraError(path: path, failure: .noControl(control.name, known: names))
            }
            // Out of range some drivers refuse and others clamp in silence.
            let isInRange = entry.minimum...max(entry.minimum, entry.maximum) ~= control.value
            if isInRange, cv4l2_set_control(descriptor, entry.id, control.value) == 0 { continue }
            if isInRange, errno == ENODEV { throw CameraError(path: path, failure: .system(ENODEV, "set \(control.name)")) }
            throw CameraError(
                path: path, failure: .badValue(control: control.name, value: Int(control.value), range: range(of: entry)))
        }
    }

    private func controlTable() -> [v4l2_queryctrl] {
        var found: [v4l2_queryctrl] = []
        var entry = v4l2_queryctrl()
        entry.id = V4L2_CTRL_FLAG_NEXT_CTRL
        while unsafe cv4l2_query_control(descriptor, &entry) == 0 {
            let isValue = [V4L2_CTRL_TYPE_INTEGER, V4L2_CTRL_TYPE_BOOLEAN, V4L2_CTRL_TYPE_MENU, V4L2_CTRL_TYPE_INTEGER_MENU]
                .contains { $0.rawValue == entry.type }
            if isValue, entry.flags & UInt32(V4L2_CTRL_FLAG_DISABLED | V4L2_CTRL_FLAG_READ_ONLY) == 0 { found.append(entry) }
            entry.id |= V4L2_CTRL_FLAG_NEXT_CTRL
        }
        return found
    }

    private func range(of entry: v4l2_queryctrl) -> String {
        if entry.type == V4L2_CTRL_TYPE_MENU.rawValue {
            var item = v4l2_querymenu()
            item.id = entry.id
            return (entry.minimum...max(entry.minimum, entry.maximum)).compactMap { (index: Int32) -> String? in
                item.index = UInt32(bitPattern: index)
                guard unsafe cv4l2_query_menu(descriptor, &item) == 0 else { return nil }
                return unsafe "\(index) (\(String(cString: cv4l2_menu_name(&item))))"
            }.joined(separator: ", ")
        }
        let step = entry.step > 1 ? " in steps of \(entry.step)" : ""
        let automatic = entry.flags & UInt32(V4L2_CTRL_FLAG_INACTIVE) != 0 ? ", once its automatic is off" : ""
        return "\(entry.minimum) to \(entry.maximum)\(step)\(automatic)"
    }
}
