#include <fcntl.h>
#include <libv4l2.h>
#include <linux/videodev2.h>

// v4l2_ioctl() is variadic, which Swift cannot call, and the VIDIOC_ requests are macros, which Swift cannot import: one shim each.

static inline int cv4l2_querycap(int fd, struct v4l2_capability *capability) {
    return v4l2_ioctl(fd, VIDIOC_QUERYCAP, capability);
}

static inline int cv4l2_enum_fmt(int fd, struct v4l2_fmtdesc *description) {
    return v4l2_ioctl(fd, VIDIOC_ENUM_FMT, description);
}

/// The picture format lies in a union; Swift gets and sets its four fields here.
static inline int cv4l2_set_format(int fd, unsigned fourcc, unsigned *width, unsigned *height, unsigned *stride, unsigned *chosen) {
    struct v4l2_format format = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    format.fmt.pix.width = *width;
    format.fmt.pix.height = *height;
    format.fmt.pix.pixelformat = fourcc;
    format.fmt.pix.field = V4L2_FIELD_ANY;
    int status = v4l2_ioctl(fd, VIDIOC_S_FMT, &format);
    *width = format.fmt.pix.width;
    *height = format.fmt.pix.height;
    *stride = format.fmt.pix.bytesperline;
    *chosen = format.fmt.pix.pixelformat;
    return status;
}

static inline int cv4l2_request_buffers(int fd, unsigned *count) {
    struct v4l2_requestbuffers request = {
        .count = *count, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};
    int status = v4l2_ioctl(fd, VIDIOC_REQBUFS, &request);
    *count = request.count;
    return status;
}

/// The offset lies in a union.
static inline int cv4l2_query_buffer(int fd, unsigned index, unsigned *length, unsigned *offset) {
    struct v4l2_buffer buffer = {.index = index, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};
    int status = v4l2_ioctl(fd, VIDIOC_QUERYBUF, &buffer);
    *length = buffer.length;
    *offset = buffer.m.offset;
    return status;
}

static inline int cv4l2_queue(int fd, unsigned index) {
    struct v4l2_buffer buffer = {.index = index, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};
    return v4l2_ioctl(fd, VIDIOC_QBUF, &buffer);
}

static inline int cv4l2_dequeue(int fd, unsigned *index, unsigned *used, unsigned *flags) {
    struct v4l2_buffer buffer = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};
    int status = v4l2_ioctl(fd, VIDIOC_DQBUF, &buffer);
    *index = buffer.index;
    *used = buffer.bytesused;
    *flags = buffer.flags;
    return status;
}

static inline int cv4l2_stream(int fd, int on) {
    int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    return v4l2_ioctl(fd, on ? VIDIOC_STREAMON : VIDIOC_STREAMOFF, &type);
}

/// v4l2_open() is variadic, too.
static inline int cv4l2_open(const char *path) {
    return v4l2_open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
}
