-- @noindex

-- How far the panel is scrolled: always to the top of a box, or to the end, so that no line is cut.

local scroll = {}

-- Returns the table's head among the boxes, nil where there is none.
function scroll.head(boxes)
  for _, box in ipairs(boxes) do
    if box.kind == 'head' then return box end
  end
  return nil
end

local function end_of(found, view_height)
  return math.max(0, found.height - view_height)
end

-- Returns where scrolling may stop, in order. A row of the table stops below the head, which stays in sight.
local function stops(found, view_height, sizes)
  local last = end_of(found, view_height)
  local head = scroll.head(found.boxes)
  local at = {0}
  for _, box in ipairs(found.boxes) do
    local top = box.y - sizes.gap
    if box.kind == 'row' then top = box.y - (head and head.h or 0) end
    for y = top, math.max(top, top + box.h - view_height), math.max(1, view_height // 2) do
      if y > at[#at] and y < last then at[#at + 1] = y end
    end
  end
  if last > 0 then at[#at + 1] = last end
  return at
end

-- Returns an offset moved by about so many pixels, by one stop at least.
function scroll.by(found, view_height, sizes, offset, pixels)
  local chosen, wanted = offset, offset + pixels
  for _, stop in ipairs(stops(found, view_height, sizes)) do
    local is_first = chosen == offset
    if pixels > 0 and stop > offset and (is_first or stop <= wanted) then chosen = stop end
    if pixels < 0 and stop < offset and (is_first or chosen < wanted) then chosen = stop end
  end
  return chosen
end

-- Returns the offset nearest to one that shows a box whole, or its top where it is higher than the window.
function scroll.reveal(found, view_height, sizes, offset, box)
  local head = box.kind == 'row' and scroll.head(found.boxes)
  local top = box.y - (head and head.h or sizes.gap)
  local is_below = box.y + box.h + sizes.gap_small > offset + view_height
  if top >= offset and not is_below then return offset end
  local chosen = 0
  for _, stop in ipairs(stops(found, view_height, sizes)) do
    if top < offset then
      if stop <= top then chosen = stop end
    elseif stop <= top then
      chosen = stop
      if box.y + box.h + sizes.gap_small <= stop + view_height then break end
    end
  end
  return chosen
end

-- Returns an offset that is still one after the window or what is shown changed.
function scroll.kept(found, view_height, sizes, offset)
  local chosen = 0
  for _, stop in ipairs(stops(found, view_height, sizes)) do
    if stop <= offset then chosen = stop end
  end
  return chosen
end

return scroll
