import CUdev
import Glibc

/// Tells when the kernel or udev has news of a video device, so that a camera that comes back is opened at once.
@safe public final class CameraWatch {
    private let udev: OpaquePointer?
    private let monitor: OpaquePointer?

    /// Without udev, or without the right to listen, it only ever waits the time out.
    public init() {
        unsafe udev = udev_new()
        // udev tells when links and permissions are there; where it does not run (a container, a small system), the kernel does.
        let source = unsafe access("/run/udev/control", F_OK) == 0 ? "udev" : "kernel"
        unsafe monitor = udev.flatMap { unsafe udev_monitor_new_from_netlink($0, source) }
        if let monitor = unsafe monitor {
            unsafe udev_monitor_filter_add_match_subsystem_devtype(monitor, "video4linux", nil)
            unsafe udev_monitor_enable_receiving(monitor)
        }
    }

    deinit {
        unsafe udev_monitor_unref(monitor)
        unsafe udev_unref(udev)
    }

    /// Returns at news, those since the last call included, or when the time is out.
    public func wait(milliseconds: Int32) {
        guard let monitor = unsafe monitor else {
            _ = poll(nil, 0, milliseconds)
            return
        }
        var poller = unsafe pollfd(fd: udev_monitor_get_fd(monitor), events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&poller, 1, milliseconds) > 0 else { return }
        // All news at once: one look at the devices answers them all.
        while let news = unsafe udev_monitor_receive_device(monitor) { unsafe udev_device_unref(news) }
    }
}
