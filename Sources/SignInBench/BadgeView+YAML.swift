extension BadgeView {
    mutating func read(_ reader: ScenarioReader) throws(ScenarioError) {
        try reader.allow(["size", "x", "y", "tilt", "nod", "turn", "light", "shade", "blur", "noise"])
        size = try reader.number("size", 0.02...4) ?? size
        x = try reader.number("x", -2...2) ?? x
        y = try reader.number("y", -2...2) ?? y
        tilt = try reader.number("tilt", -80...80, " degrees") ?? tilt
        nod = try reader.number("nod", -80...80, " degrees") ?? nod
        turn = try reader.number("turn", -360...360, " degrees") ?? turn
        light = try reader.number("light", 0...1) ?? light
        shade = try reader.number("shade", 0...1) ?? shade
        blur = try reader.number("blur", 0...20, " pixels") ?? blur
        noise = try reader.number("noise", 0...100, " grey levels") ?? noise
    }

    mutating func readMotion(_ reader: ScenarioReader) throws(ScenarioError) {
        try reader.allow(["approach", "sway", "period", "exposure"])
        approach = try reader.number("approach", 0...60, " seconds") ?? approach
        sway = try reader.number("sway", 0...1, " picture widths") ?? sway
        period = try reader.number("period", 0.1...60, " seconds") ?? period
        exposure = try reader.number("exposure", 0...1000, " milliseconds") ?? exposure
    }
}

extension CameraModel {
    mutating func read(_ reader: ScenarioReader) throws(ScenarioError) {
        try reader.allow(["width", "height", "rate"])
        width = try reader.integer("width", 16...4096) ?? width
        height = try reader.integer("height", 16...4096) ?? height
        rate = try reader.number("rate", 1...60, " frames a second") ?? rate
        // YUYV has two pixels to a group.
        if width % 2 != 0 { throw reader.error("width", "\(width) is odd. Choose an even width.") }
    }
}
