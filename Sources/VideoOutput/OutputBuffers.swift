import CVideoOutput
import Glibc

/// An output device's buffers, mapped. They are unmapped when this goes; closing the device ends the stream.
@safe final class OutputBuffers: Sendable {
    // Written in init alone; whoever fills a buffer owns it until it is queued.
    private nonisolated(unsafe) let buffers: [UnsafeMutableRawBufferPointer]

    /// Four: one that is shown, one that waits, two so that the next frame finds one free.
    init(_ descriptor: Int32, _ path: String) throws(VideoOutputError) {
        var (count, buffers) = (UInt32(4), unsafe [UnsafeMutableRawBufferPointer]())
        guard unsafe cvideo_output_request_buffers(descriptor, &count) == 0 else {
            throw VideoOutputError(path: path, failure: .system(errno))
        }
        for index in 0..<count {
            var (length, offset): (UInt32, UInt32) = (0, 0)
            let isKnown = unsafe cvideo_output_query_buffer(descriptor, index, &length, &offset) == 0
            let start =
                unsafe isKnown ? mmap(nil, Int(length), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, Int(offset)) : MAP_FAILED
            guard unsafe start != MAP_FAILED else {
                let reason = errno
                for index in unsafe buffers.indices { unsafe munmap(buffers[index].baseAddress, buffers[index].count) }
                throw VideoOutputError(path: path, failure: .system(reason))
            }
            unsafe buffers.append(UnsafeMutableRawBufferPointer(start: start, count: Int(length)))
        }
        unsafe self.buffers = buffers
    }

    deinit {
        for index in unsafe buffers.indices { unsafe munmap(buffers[index].baseAddress, buffers[index].count) }
    }

    var count: Int { unsafe buffers.count }

    /// Copies as much of `bytes` as there is room for, and says how much.
    func fill(_ index: Int, with bytes: [UInt8]) -> Int {
        let used = unsafe min(bytes.count, buffers[index].count)
        unsafe buffers[index].copyBytes(from: bytes.prefix(used))
        return used
    }
}
