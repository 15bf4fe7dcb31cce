"""Decodes an image and counts its pixels by brightness of red, green and blue."""

import base64
import binascii
import io
from typing import Literal

from PIL import Image, UnidentifiedImageError
from pydantic import BaseModel, ConfigDict

from runtime.plugins.plugin import BlockingPlugin, RefusedInput

FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/gif": "GIF", "image/webp": "WEBP"}
MOST_PIXELS = 25_000_000


class ImageArguments(BaseModel):
    """An image in base64, and what it claims to be."""

    model_config = ConfigDict(extra="forbid")

    image: str
    mime_type: Literal["image/png", "image/jpeg", "image/gif", "image/webp"]


class ImageResult(BaseModel):
    """The size in pixels and 256 counts a channel, dark to bright."""

    width: int
    height: int
    red: list[int]
    green: list[int]
    blue: list[int]


class ImageHistogram(BlockingPlugin[ImageArguments, ImageResult]):
    """The colour histogram of an image."""

    name = "image_histogram"
    summary = "Decodes an image and counts its pixels by brightness of red, green and blue."
    arguments = ImageArguments
    result = ImageResult

    def run(self, arguments: ImageArguments) -> ImageResult:
        """Decode for real; RefusedInput if the bytes are not the image they claim to be, or far too large."""
        try:
            data = base64.b64decode(arguments.image, validate=True)
        except binascii.Error as malformed:
            raise RefusedInput(f"image is not base64: {malformed}") from malformed
        try:
            with Image.open(io.BytesIO(data), formats=[FORMATS[arguments.mime_type]]) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise RefusedInput(f"the image has more than {MOST_PIXELS} pixels")
                counts = image.convert("RGB").histogram()
                width, height = image.size
        except UnidentifiedImageError as other:
            raise RefusedInput(f"the bytes are no {arguments.mime_type}") from other
        except (OSError, SyntaxError, Image.DecompressionBombError) as damaged:
            raise RefusedInput(f"the image cannot be decoded: {damaged}") from damaged
        return ImageResult(width=width, height=height, red=counts[:256], green=counts[256:512], blue=counts[512:])
