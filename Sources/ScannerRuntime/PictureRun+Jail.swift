public import ScannerJail

extension PictureRun {
    /// A picture may have 8192 × 8192 pixels: 64 MiB of luma, three times that while a progressive JPEG is decoded, and a decoder's
    /// own copies.
    static let memory = 1 << 30

    /// Locks this process in, so that it can read these files and nothing else. Gives a warning when the kernel cannot do it all.
    ///
    /// Throws `JailError`; then nothing may be parsed.
    public static func lock(reading files: [String]) throws(JailError) -> String? {
        CharacterSets.load()
        let protection = try ScannerJail.lock(reading: files, memory: memory)
        return protection.landlock == nil ? "this kernel has no Landlock: seccomp alone keeps the scanner in." : nil
    }
}
