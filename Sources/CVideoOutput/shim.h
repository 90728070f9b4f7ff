#include <linux/fb.h>
#include <linux/videodev2.h>
#include <sys/ioctl.h>

/// ioctl() is variadic, which Swift cannot call, and its request codes are macros that Swift cannot import. The kernel's own calls, not
/// libv4l's, which is for cameras.
static inline int cvideo_output_capabilities(int fd, unsigned *capabilities) {
    struct v4l2_capability capability;
    int status = ioctl(fd, VIDIOC_QUERYCAP, &capability);
    *capabilities = capability.capabilities & V4L2_CAP_DEVICE_CAPS ? capability.device_caps : capability.capabilities;
    return status;
}

/// The format is in a union. Asks for YUYV; *is_yuyv, *width, *height and *stride then are what the driver settled on.
static inline int cvideo_output_set_yuyv(int fd, unsigned *is_yuyv, unsigned *width, unsigned *height, unsigned *stride) {
    struct v4l2_format format = {.type = V4L2_BUF_TYPE_VIDEO_OUTPUT};
    format.fmt.pix.width = *width;
    format.fmt.pix.height = *height;
    format.fmt.pix.pixelformat = V4L2_PIX_FMT_YUYV;
    format.fmt.pix.field = V4L2_FIELD_NONE;
    int status = ioctl(fd, VIDIOC_S_FMT, &format);
    *is_yuyv = format.fmt.pix.pixelformat == V4L2_PIX_FMT_YUYV;
    *width = format.fmt.pix.width;
    *height = format.fmt.pix.height;
    *stride = format.fmt.pix.bytesperline;
    return status;
}

/// The next three structs have unions.
static inline int cvideo_output_request_buffers(int fd, unsigned *count) {
    struct v4l2_requestbuffers request = {
        .count = *count, .type = V4L2_BUF_TYPE_VIDEO_OUTPUT, .memory = V4L2_MEMORY_MMAP};
    int status = ioctl(fd, VIDIOC_REQBUFS, &request);
    *count = request.count;
    return status;
}

static inline int cvideo_output_query_buffer(int fd, unsigned index, unsigned *length, unsigned *offset) {
    struct v4l2_buffer buffer = {.index = index, .type = V4L2_BUF_TYPE_VIDEO_OUTPUT, .memory = V4L2_MEMORY_MMAP};
    int status = ioctl(fd, VIDIOC_QUERYBUF, &buffer);
    *length = buffer.length;
    *offset = buffer.m.offset;
    return status;
}

static inline int cvideo_output_queue(int fd, unsigned index, unsigned used) {
    struct v4l2_buffer buffer = {
        .index = index,
        .type = V4L2_BUF_TYPE_VIDEO_OUTPUT,
        .memory = V4L2_MEMORY_MMAP,
        .bytesused = used,
        .field = V4L2_FIELD_NONE};
    return ioctl(fd, VIDIOC_QBUF, &buffer);
}

static inline int cvideo_output_dequeue(int fd, unsigned *index) {
    struct v4l2_buffer buffer = {.type = V4L2_BUF_TYPE_VIDEO_OUTPUT, .memory = V4L2_MEMORY_MMAP};
    int status = ioctl(fd, VIDIOC_DQBUF, &buffer);
    *index = buffer.index;
    return status;
}

static inline int cvideo_output_stream_on(int fd) {
    int type = V4L2_BUF_TYPE_VIDEO_OUTPUT;
    return ioctl(fd, VIDIOC_STREAMON, &type);
}

/// A framebuffer's geometry: pixels, bits a pixel, and bytes a line.
static inline int cvideo_framebuffer(int fd, unsigned *width, unsigned *height, unsigned *bits, unsigned *stride) {
    struct fb_var_screeninfo variable;
    struct fb_fix_screeninfo fixed;
    if (ioctl(fd, FBIOGET_VSCREENINFO, &variable) != 0 || ioctl(fd, FBIOGET_FSCREENINFO, &fixed) != 0) return -1;
    *width = variable.xres;
    *height = variable.yres;
    *bits = variable.bits_per_pixel;
    *stride = fixed.line_length;
    return 0;
}
