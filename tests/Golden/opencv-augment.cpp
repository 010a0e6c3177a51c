// Makes opencv-augment.txt: what OpenCV gives for the operations that Caffe's SSD augmentation calls.
// Made with Debian's libopencv-imgproc 4.6.0:
//   g++ -std=c++17 -I/usr/include/opencv4 opencv-augment.cpp -lopencv_imgproc -lopencv_core -o opencv-augment
//   ./opencv-augment > opencv-augment.txt
// Lines: resize INTERPOLATION SOURCE_WIDTH SOURCE_HEIGHT WIDTH HEIGHT : one plane, row by row
//        linear ALPHA BETA : 0..255 through convertTo
//        saturate FACTOR | hue DELTA : R G B -> R G B, six numbers a colour
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <cstdio>
#include <vector>

static unsigned char Pixel(int x, int y) { return (unsigned char)((x * 37 + y * 91) ^ (x * y * 7 + 19)); }

static void Resize(const char* name, int interpolation, int sw, int sh, int w, int h) {
    cv::Mat source(sh, sw, CV_8UC1), target;
    for (int y = 0; y < sh; y++)
        for (int x = 0; x < sw; x++) source.at<unsigned char>(y, x) = Pixel(x, y);
    cv::resize(source, target, cv::Size(w, h), 0, 0, interpolation);
    printf("resize %s %d %d %d %d :", name, sw, sh, w, h);
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++) printf(" %d", target.at<unsigned char>(y, x));
    printf("\n");
}

static void Linear(double alpha, double beta) {
    cv::Mat source(1, 256, CV_8UC1), target;
    for (int i = 0; i < 256; i++) source.at<unsigned char>(0, i) = (unsigned char)i;
    source.convertTo(target, -1, alpha, beta);
    printf("linear %.9g %.9g :", alpha, beta);
    for (int i = 0; i < 256; i++) printf(" %d", target.at<unsigned char>(0, i));
    printf("\n");
}

// One HSV channel of a BGR image scaled or shifted, as AdjustSaturation and AdjustHue do.
static void Hsv(const char* name, int channel, double alpha, double beta, double shown) {
    std::vector<cv::Vec3b> colours;
    unsigned state = 12345;
    for (int i = 0; i < 300; i++) {
        unsigned char bgr[3];
        for (auto& value : bgr) { state = state * 1664525u + 1013904223u; value = (unsigned char)(state >> 24); }
        if (i % 10 == 0) bgr[1] = bgr[0];                       // ties of the greatest and the smallest channel
        if (i % 15 == 0) bgr[2] = bgr[0];
        if (i % 7 == 0) bgr[2] = 255;
        if (i % 11 == 0) bgr[0] = 0;
        colours.push_back({bgr[0], bgr[1], bgr[2]});
    }
    printf("%s %.9g :", name, shown);
    for (const auto& colour : colours) {
        // One pixel at a time: OpenCV 4's vector path back to BGR truncates, the path for single pixels rounds as all of
        // OpenCV 2 and 3, with which SSD was trained, did (from memory).
        cv::Mat source(1, 1, CV_8UC3, (void*)&colour), hsv, target;
        cv::cvtColor(source, hsv, cv::COLOR_BGR2HSV);
        std::vector<cv::Mat> planes;
        cv::split(hsv, planes);
        planes[channel].convertTo(planes[channel], -1, alpha, beta);
        cv::merge(planes, hsv);
        cv::cvtColor(hsv, target, cv::COLOR_HSV2BGR);
        auto b = target.at<cv::Vec3b>(0, 0);
        printf(" %d %d %d %d %d %d", colour[2], colour[1], colour[0], b[2], b[1], b[0]);
    }
    printf("\n");
}

int main() {
    const struct { const char* name; int value; } kinds[] = {
        {"Linear", cv::INTER_LINEAR}, {"Area", cv::INTER_AREA}, {"Nearest", cv::INTER_NEAREST},
        {"Cubic", cv::INTER_CUBIC}, {"Lanczos4", cv::INTER_LANCZOS4}};
    for (auto& kind : kinds) {
        Resize(kind.name, kind.value, 13, 11, 20, 17);   // larger
        Resize(kind.name, kind.value, 29, 23, 10, 12);   // smaller
        Resize(kind.name, kind.value, 24, 18, 12, 6);    // smaller by whole numbers
        Resize(kind.name, kind.value, 9, 21, 14, 11);    // wider and lower
        Resize(kind.name, kind.value, 3, 2, 7, 5);       // fewer pixels than taps
    }
    for (double beta : {-31.7, -0.5, 0.5, 12.25, 31.9}) Linear(1, beta);
    for (double alpha : {0.5, 0.73, 1.21, 1.5}) Linear(alpha, 0);
    for (double factor : {0.5, 0.87, 1.0, 1.31, 1.5}) Hsv("saturate", 1, factor, 0, factor);
    for (double delta : {-17.6, -6.2, 3.4, 11.5, 17.9}) Hsv("hue", 0, 1, delta, delta);
}
