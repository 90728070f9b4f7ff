#include <errno.h>
#include <fcntl.h>
#include <libv4l2.h>
#include <linux/videodev2.h>
#include <unistd.h>

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

/// Discrete sizes have equal ends; stepwise ones give their smallest and largest. The sizes lie in a union.
static inline int cv4l2_enum_size(int fd, unsigned index, unsigned fourcc, unsigned smallest[2], unsigned largest[2]) {
    struct v4l2_frmsizeenum size = {.index = index, .pixel_format = fourcc};
    int status = v4l2_ioctl(fd, VIDIOC_ENUM_FRAMESIZES, &size);
    if (size.type == V4L2_FRMSIZE_TYPE_DISCRETE) {
        smallest[0] = largest[0] = size.discrete.width;
        smallest[1] = largest[1] = size.discrete.height;
    } else {
        smallest[0] = size.stepwise.min_width;
        smallest[1] = size.stepwise.min_height;
        largest[0] = size.stepwise.max_width;
        largest[1] = size.stepwise.max_height;
    }
    return status;
}

/// The time between frames; of stepwise intervals the shortest. The intervals lie in a union.
static inline int cv4l2_enum_interval(
    int fd, unsigned index, unsigned fourcc, unsigned width, unsigned height, struct v4l2_fract *interval) {
    struct v4l2_frmivalenum entry = {.index = index, .pixel_format = fourcc, .width = width, .height = height};
    int status = v4l2_ioctl(fd, VIDIOC_ENUM_FRAMEINTERVALS, &entry);
    *interval = entry.type == V4L2_FRMIVAL_TYPE_DISCRETE ? entry.discrete : entry.stepwise.min;
    return status;
}

/// The time per frame lies in a union; in: what is asked for, out: what the driver made of it.
static inline int cv4l2_set_interval(int fd, struct v4l2_fract *interval) {
    struct v4l2_streamparm parameters = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    parameters.parm.capture.timeperframe = *interval;
    int status = v4l2_ioctl(fd, VIDIOC_S_PARM, &parameters);
    *interval = parameters.parm.capture.timeperframe;
    return status;
}

static inline int cv4l2_query_control(int fd, struct v4l2_queryctrl *control) {
    return v4l2_ioctl(fd, VIDIOC_QUERYCTRL, control);
}

static inline int cv4l2_query_menu(int fd, struct v4l2_querymenu *item) {
    return v4l2_ioctl(fd, VIDIOC_QUERYMENU, item);
}

/// The name lies in a union.
static inline const char *cv4l2_menu_name(const struct v4l2_querymenu *item) {
    return (const char *)item->name;
}

static inline int cv4l2_set_control(int fd, unsigned id, int value) {
    struct v4l2_control control = {.id = id, .value = value};
    return v4l2_ioctl(fd, VIDIOC_S_CTRL, &control);
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

/// open() and v4l2_open() are variadic, too. Unless it converts, libv4l hands the camera's own formats through; else it hides some
/// of them behind its own.
static inline int cv4l2_open(const char *path, int converts) {
    if (converts) return v4l2_open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 || v4l2_fd_open(fd, V4L2_DISABLE_CONVERSION) >= 0) return fd;
    int reason = errno;
    close(fd);
    errno = reason;
    return -1;
}
