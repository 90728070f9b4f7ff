import CV4L2
import Glibc

/// The driver's buffers, mapped, queued and streaming. It stops and unmaps when it goes, however far it came.
@safe final class MappedStream {
    private let device: Device
    private var buffers = unsafe [UnsafeMutableRawBufferPointer]()

    init(_ device: Device) throws(CameraError) {
        self.device = device
        // Four: one being filled, one waiting, two so that a slow decode drops frames rather than starves the driver.
        var count: UInt32 = 4
        try device.check(unsafe cv4l2_request_buffers(device.descriptor, &count), "request buffers")
        for index in 0..<count {
            try map(index)
            try device.check(cv4l2_queue(device.descriptor, index), "queue a buffer")
        }
        try device.check(cv4l2_stream(device.descriptor, 1), "start streaming")
    }

    deinit {
        _ = cv4l2_stream(device.descriptor, 0)
        for index in unsafe buffers.indices { _ = unsafe v4l2_munmap(buffers[index].baseAddress, buffers[index].count) }
    }

    var count: Int { unsafe buffers.count }

    /// Lends what the driver wrote into a dequeued buffer: its first `used` bytes, or all when it says more than there are.
    func withBytes<Result, Failure: Error>(
        _ index: UInt32, _ used: UInt32, _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let bytes = unsafe UnsafeRawBufferPointer(rebasing: buffers[Int(index)].prefix(Int(used)))
        return try body(unsafe bytes.bytes)
    }

    private func map(_ index: UInt32) throws(CameraError) {
        var (length, offset): (UInt32, UInt32) = (0, 0)
        try device.check(unsafe cv4l2_query_buffer(device.descriptor, index, &length, &offset), "ask for a buffer")
        let start = unsafe v4l2_mmap(nil, Int(length), PROT_READ | PROT_WRITE, MAP_SHARED, device.descriptor, Int64(offset))
        guard unsafe start != MAP_FAILED else { throw CameraError(path: device.path, failure: .system(errno, "map a buffer")) }
        unsafe buffers.append(UnsafeMutableRawBufferPointer(start: start, count: Int(length)))
    }
}
