import ArgumentParser

/// What the scanner is told of the camera. It alone knows cameras, so it says what is wrong with a value.
struct CameraOptions: ParsableArguments {
    @Option(help: "The camera, or a picture file in its place. (default: the first camera)") var camera: String?
    @Option(name: .customLong("camera-size"), help: "The picture's size, such as 1280x720. (default: the scanner's choice)")
    var size: String?
    @Option(name: .customLong("camera-rate"), help: "Frames a second. (default: the scanner's choice)") var rate: Double?
    @Option(name: .customLong("camera-format"), help: "The pixel format, such as YUYV. (default: the scanner's choice)")
    var format: String?
    @Option(
        name: .customLong("camera-control"), parsing: .singleValue,
        help: "Sets a control, such as focus_absolute=35; may be repeated. Set what is automatic to manual first.")
    var controls: [String] = []

    var scannerArguments: [String] {
        let options = [("device", camera), ("size", size), ("rate", rate.map { "\($0)" }), ("format", format)]
        return (options + controls.map { ("control", $0) }).flatMap { name, value in value.map { ["--\(name)", $0] } ?? [] }
    }
}
