-- @noindex

-- The widgets of a row, drawn with ReaImGui. A view (panel_imgui.lua) takes what is done to them, and minds the focus.

local steps = require 'Faderbot.imgui_steps'

local widgets = {}

-- On ReaImGui's dark ground. The words of a text say the same.
local COLOURS = {good = 0x8FE3A8FF, warning = 0xFFD27AFF, error = 0xFF9E9EFF}
-- ReaImGui before 0.10 draws the characters of Latin-1 only: what we write beyond those has a stand-in.
local PLAIN = {
  ['−'] = '-', ['–'] = '-', ['—'] = '-', ['→'] = '->', ['∞'] = 'inf', ['…'] = '...', ['“'] = '"', ['”'] = '"',
  ['‘'] = "'", ['’'] = "'",
}
-- Widths in heights of the font.
local LABEL, NARROWEST, WIDEST = 9, 7, 16
local SHORTEST, LONGEST = 6, 28 -- a column's characters, as its weight

local function plain(text)
  return (text:gsub(utf8.charpattern, PLAIN))
end

-- Two # and what follows would be an id and not shown: a name has none of them, nor one at its end.
local function marked(text, id)
  return plain(text):gsub('##', '# #'):gsub('##', '# #'):gsub('#$', '# ') .. '###' .. id
end

local function chosen(widget)
  local names = {}
  for _, one in ipairs(widget.options) do
    if widget.value[one.guid] then names[#names + 1] = one.name end
  end
  if #names == 0 then return 'none' end
  return #names == 1 and names[1] or ('%d tracks: %s'):format(#names, table.concat(names, ', '))
end

local function weights(widget)
  local found = {}
  for place, head in ipairs(widget.heads) do
    local longest = utf8.len(head) or #head
    for number, row in ipairs(widget.rows) do
      local shown = widget.marks and widget.marks[number][place] or row[place]
      longest = math.max(longest, utf8.len(shown) or #shown)
    end
    found[place] = math.min(math.max(longest, SHORTEST), LONGEST)
  end
  return found
end

-- What is shown of a widget, made once for each: rows stay the same tables as long as nothing changes.
local FACES = {
  heading = function(widget) return {text = plain(widget.text)} end,
  text = function(widget) return {text = plain(widget.text)} end,
  choice = function(widget)
    local options = {}
    for place, one in ipairs(widget.options) do options[place] = marked(one, place) end
    return {label = marked(widget.label, widget.id), value = plain(widget.value), options = options}
  end,
  tabs = function(widget)
    local options = {}
    for place, one in ipairs(widget.options) do
      options[place] = marked(('%s (%d)'):format(one, place), 'tab' .. place)
    end
    return {options = options}
  end,
  number = function(widget)
    local digits = widget.step < 1 and 1 or 0
    local unit = widget.unit == '' and '' or ' ' .. plain(widget.unit):gsub('%%', '%%%%')
    local format = ('%%.%df'):format(digits) .. unit
    return {label = marked(widget.label, widget.id), format = format, scale = 10 ^ digits}
  end,
  check = function(widget) return {label = marked(widget.label, widget.id)} end,
  tracks = function(widget)
    local options = {}
    for place, one in ipairs(widget.options) do options[place] = marked(one.name, one.guid) end
    local value = chosen(widget)
    return {label = marked(widget.label, widget.id), said = value, value = plain(value), options = options}
  end,
  button = function(widget)
    local text = widget.key and ('%s (%s)'):format(widget.label, widget.key) or widget.label
    return {text = plain(text), label = marked(text, widget.id)}
  end,
  progress = function(widget)
    return {text = plain(('%s, %d %%'):format(widget.label, math.floor(widget.share * 100)))}
  end,
  table = function(widget)
    local face = {heads = {}, rows = {}, weights = weights(widget), widths = {}}
    for place, head in ipairs(widget.heads) do face.heads[place] = plain(head) end
    for number, row in ipairs(widget.rows) do
      local cells = {marked(row[1], 'row' .. number)}
      for place = 2, #row do cells[place] = plain(row[place]) end
      face.rows[number] = cells
    end
    return face
  end,
}

local function face_of(view, widget)
  local face = view.faces[widget]
  if not face then
    face = FACES[widget.kind](widget)
    view.faces[widget] = face
  end
  return face
end

local function wrapped(view, text)
  view.ImGui.TextWrapped(view.ctx, text)
end

local function options(view, widget, face)
  local ImGui, ctx = view.ImGui, view.ctx
  for place, one in ipairs(widget.options) do
    local is_chosen = one == widget.value
    if ImGui.Selectable(ctx, face.options[place], is_chosen) then view:did(widget.id, one) end
    if is_chosen then ImGui.SetItemDefaultFocus(ctx) end
    view:heed(widget, place, ('%s, %d of %d'):format(one, place, #widget.options))
  end
end

local function checks(view, widget, face)
  local ImGui, ctx = view.ImGui, view.ctx
  if #widget.options == 0 then ImGui.Text(ctx, 'no tracks') end
  for place, one in ipairs(widget.options) do
    local was = widget.value[one.guid] == true
    local is_changed, is_on = ImGui.Checkbox(ctx, face.options[place], was)
    if is_changed then view:did(widget.id, {guid = one.guid, value = is_on}) end
    view:heed(widget, place)
  end
end

-- Draws a text at the right of its cell. The column's sides are the same in all rows of a frame.
local function at_right(view, face, text, sides)
  local ImGui, ctx = view.ImGui, view.ctx
  if not sides.left then
    sides.left = ImGui.GetCursorPosX(ctx)
    sides.right = sides.left + ImGui.GetContentRegionAvail(ctx)
  end
  local width = face.widths[text] or ImGui.CalcTextSize(ctx, text)
  face.widths[text] = width
  ImGui.SetCursorPosX(ctx, math.max(sides.left, sides.right - width))
  ImGui.Text(ctx, text)
end

-- The first cell of a row takes the focus, so that the keys scroll and the row is said.
local function cells(view, widget, face)
  local ImGui, ctx = view.ImGui, view.ctx
  for place, head in ipairs(face.heads) do
    ImGui.TableSetupColumn(ctx, head, ImGui.TableColumnFlags_WidthStretch, face.weights[place])
  end
  ImGui.TableHeadersRow(ctx)
  local sides = {}
  for place, align in ipairs(widget.align) do sides[place] = align == 'right' and {} or nil end
  for number, row in ipairs(face.rows) do
    ImGui.TableNextRow(ctx)
    ImGui.TableSetColumnIndex(ctx, 0)
    ImGui.Selectable(ctx, row[1], false, ImGui.SelectableFlags_SpanAllColumns)
    view:heed(widget, number)
    for place = 2, #face.heads do
      ImGui.TableSetColumnIndex(ctx, place - 1)
      local marks = widget.marks and widget.marks[number][place]
      if marks then
        steps.draw(view, marks, widget.beats)
      elseif sides[place] then
        at_right(view, face, row[place], sides[place])
      else
        ImGui.TextWrapped(ctx, row[place])
      end
    end
  end
end

local DRAW = {
  heading = function(view, _, face) view.ImGui.SeparatorText(view.ctx, face.text) end,
  text = function(view, widget, face)
    local colour = COLOURS[widget.tone]
    if not colour then return wrapped(view, face.text) end
    view.ImGui.PushStyleColor(view.ctx, view.ImGui.Col_Text, colour)
    view:inside(view.ImGui.PopStyleColor, wrapped, face.text)
  end,
  choice = function(view, widget, face)
    local ImGui = view.ImGui
    if ImGui.BeginCombo(view.ctx, face.label, face.value) then view:inside(ImGui.EndCombo, options, widget, face) end
  end,
  number = function(view, widget, face)
    local ImGui, ctx = view.ImGui, view.ctx
    local is_changed, value = ImGui.SliderDouble(ctx, face.label, widget.value, widget.low, widget.high, face.format,
      ImGui.SliderFlags_AlwaysClamp)
    if not is_changed then return end
    value = math.floor(value * face.scale + 0.5) / face.scale -- as it is shown: what is typed may have more digits
    if value ~= widget.value then view:did(widget.id, math.tointeger(value) or value) end
  end,
  tabs = function(view, widget, face)
    local ImGui, ctx = view.ImGui, view.ctx
    for place, one in ipairs(widget.options) do
      if place > 1 then ImGui.SameLine(ctx) end
      if ImGui.RadioButton(ctx, face.options[place], one == widget.value) then view:did(widget.id, one) end
      view:heed(widget, place, ('%s, %d of %d%s'):format(one, place, #widget.options,
        one == widget.value and ', in front' or ''))
    end
  end,
  check = function(view, widget, face)
    local is_changed, is_on = view.ImGui.Checkbox(view.ctx, face.label, widget.value)
    if is_changed then view:did(widget.id, is_on) end
  end,
  tracks = function(view, widget, face)
    local ImGui = view.ImGui
    local is_open = ImGui.BeginCombo(view.ctx, face.label, face.value, ImGui.ComboFlags_HeightLarge)
    if is_open then view:inside(ImGui.EndCombo, checks, widget, face) end
  end,
  button = function(view, widget, face)
    local ImGui, ctx = view.ImGui, view.ctx
    if ImGui.Button(ctx, face.label) then view:did(widget.id) end
    if widget.is_default then ImGui.SetItemDefaultFocus(ctx) end
  end,
  progress = function(view, widget, face) view.ImGui.ProgressBar(view.ctx, widget.share, -1.0, 0.0, face.text) end,
  table = function(view, widget, face)
    local ImGui, ctx = view.ImGui, view.ctx
    local flags = ImGui.TableFlags_Borders | ImGui.TableFlags_RowBg | ImGui.TableFlags_NoSavedSettings
    if ImGui.BeginTable(ctx, 'table', #widget.heads, flags) then view:inside(ImGui.EndTable, cells, widget, face) end
  end,
}

local function draw(view, widget)
  local face = face_of(view, widget)
  if widget.id and widget.id == view.heir then view:pass_focus() end
  DRAW[widget.kind](view, widget, face)
  if widget.hint then view.ImGui.SetItemTooltip(view.ctx, plain(widget.hint)) end
  local is_heeded = widget.kind == 'tabs' -- each for itself
  if widget.id and widget.is_enabled ~= false and not is_heeded then view:heed(widget, nil, face.said) end
end

local FRAMED = {choice = true, number = true, tracks = true}

-- Settings stand in columns, each below the one before where the window is too narrow for that.
local function columns(view, row)
  local ImGui, ctx = view.ImGui, view.ctx
  local whole, size = ImGui.GetContentRegionAvail(ctx), ImGui.GetFontSize(ctx)
  local width = whole / math.max(2, #row)
  local is_narrow = width < (LABEL + NARROWEST) * size
  local frame = (is_narrow and whole or width) - LABEL * size
  local start = ImGui.GetCursorPosX(ctx)
  for place, widget in ipairs(row) do
    if place > 1 and not is_narrow then ImGui.SameLine(ctx, start + (place - 1) * width) end
    if FRAMED[widget.kind] then
      ImGui.SetNextItemWidth(ctx, math.min(math.max(frame, NARROWEST * size), WIDEST * size))
    end
    view:enabled(widget.is_enabled, draw, widget)
  end
end

-- Everything else stands side by side, and goes on in the next line where it does not fit.
local function line(view, row)
  local ImGui, ctx = view.ImGui, view.ctx
  for place, widget in ipairs(row) do
    if place > 1 then
      ImGui.SameLine(ctx)
      local needed = ImGui.CalcTextSize(ctx, face_of(view, widget).text or '') + ImGui.GetFontSize(ctx)
      if ImGui.GetContentRegionAvail(ctx) < needed then ImGui.NewLine(ctx) end
    end
    view:enabled(widget.is_enabled, draw, widget)
  end
end

-- Draws a row.
function widgets.draw(view, row)
  local first = row[1]
  if not first then return end
  if first.kind == 'button' then view.ImGui.Spacing(view.ctx) end
  local is_setting = FRAMED[first.kind] or first.kind == 'check'
  return (is_setting and columns or line)(view, row)
end

return widgets
